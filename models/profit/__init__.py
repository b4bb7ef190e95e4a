"""What is left of what was sold. Until settlements come, all of it is estimated, and before what Amazon keeps."""
