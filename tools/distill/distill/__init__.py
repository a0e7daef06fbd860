"""Distils VGG19 (conv1_1 to conv5_1) into the narrow networks that Easel ships."""
