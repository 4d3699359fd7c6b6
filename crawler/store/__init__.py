"""Every query on articles and stories; nobody else asks for them."""
