"""How fast it is: a load generator, servers to compare with, reports under docs/benchmarks. Run: `make bench`.

This process is the generator; every server is a process of its own. `__main__` runs the parts; each part is a
module with `async def measure(stage, rounds) -> Part`.
"""
