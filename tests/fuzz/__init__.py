"""What strangers can send, tried with many inputs."""
