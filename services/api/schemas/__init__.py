"""What merchants send and receive, a module per noun. The family's routes ignore unknown fields; ours refuse them."""
