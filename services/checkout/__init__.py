"""Where buyers pay: the checkout's page and SDK, hosted sessions, and who may embed it. No card number comes here."""
