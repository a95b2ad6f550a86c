"""What developers read, made from the code: OpenAPI, AsyncAPI, and the pages under /docs."""
