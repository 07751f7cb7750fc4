"""Pages of one file each that open anywhere: nothing in them is fetched, and nothing in them runs."""
