"""Find a site's feeds and choose among them."""
