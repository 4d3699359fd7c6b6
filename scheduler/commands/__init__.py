"""The commands of `icewire`, by what they are about."""
