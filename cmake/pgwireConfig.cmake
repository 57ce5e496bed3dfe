# find_package(pgwire): the targets pgwire::pgwire (shared) and pgwire::static.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/pgwireTargets.cmake)
