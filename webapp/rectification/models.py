"""问题整改: issues and their rectification."""
