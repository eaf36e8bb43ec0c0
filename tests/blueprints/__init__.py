"""The blueprints: their files, and the stories they tell against the simulator."""
