from hypothesis import settings

# A slow machine is no fault of the code: what takes how long is measured by the benchmarks.
settings.register_profile("default", deadline=None)
settings.load_profile("default")
