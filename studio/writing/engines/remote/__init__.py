"""What the openai runtime is made of: the line to a server, what is sent, what went wrong in words. Not a runtime."""
