"""Playing recordings: HLS and DASH whose segments are made when somebody watches."""
