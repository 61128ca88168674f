"""The image without an engine: what the Dockerfile says is done in a Debian made by debootstrap, and run as the
compose file says. `make image-check`, by hand and in CI: it takes minutes, root, and Debian's packages.
"""
