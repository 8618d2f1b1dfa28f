"""What recordings sound like: their waveform and their loudness, found out when somebody asks first."""
