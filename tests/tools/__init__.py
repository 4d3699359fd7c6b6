"""What made the data files of the repository; none of it runs in the service."""
