"""One module for each kind of restaurant system; its name is what an account calls `provider`."""
