"""Is it about ICE activity; may a raw page be?"""
