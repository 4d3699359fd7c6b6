"""The outlets as people write them."""
