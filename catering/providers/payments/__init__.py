"""One module for each payment company; its name is what an account calls `provider`."""
