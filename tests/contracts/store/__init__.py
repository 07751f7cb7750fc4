"""What every Store must do, whichever database it stands on."""
