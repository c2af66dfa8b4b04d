"""What a job does to the frame rate and the duration of its streams."""
