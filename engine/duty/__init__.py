"""Who is on duty at an instant, and who is called for what; pure."""
