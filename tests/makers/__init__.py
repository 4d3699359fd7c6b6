"""What tests are made of: invented outlets, pages, feeds and servers."""
