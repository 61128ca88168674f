"""A practice server that speaks Gemini's and OpenAI's formats over real HTTP, for tests and the demo.

Only commands and tests import it; nothing that answers members does.
"""
