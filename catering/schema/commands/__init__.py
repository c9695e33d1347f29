"""What clients send to change something, and what they are answered: one file for each kind."""
