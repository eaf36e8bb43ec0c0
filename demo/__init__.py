"""The demo: the simulator and a real Home Assistant on this machine, side by side."""
