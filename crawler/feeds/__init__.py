"""A feed's bytes become a Reading, whatever they are."""
