"""What a strategy would have done, and how far that may be believed."""
