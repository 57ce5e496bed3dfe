# libpgwire, shared and static, as others get it: both show what the public headers
# declare and nothing else. Installed as the component libpgwire, with a pkg-config file
# and a CMake package (pgwire::pgwire, pgwire::static).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(libpgwire_objects "")
foreach(room IN LISTS LIBPGWIRE_ROOMS)
    list(APPEND libpgwire_objects $<TARGET_OBJECTS:room_${room}>)
endforeach()

# The headers mark what is visible; the map gives it a version for the dynamic linker.
set(map ${CMAKE_BINARY_DIR}/generated/libpgwire.map)
configure_file(cmake/libpgwire.map.in ${map} @ONLY)
add_library(pgwire SHARED ${libpgwire_objects})
set_target_properties(pgwire PROPERTIES
    VERSION ${PGW_SOVERSION}.${PROJECT_VERSION_MINOR}.${PROJECT_VERSION_PATCH}
    SOVERSION ${PGW_SOVERSION}
    LINK_DEPENDS ${map} LINKER_LANGUAGE C)
target_link_options(pgwire PRIVATE -Wl,--version-script=${map} -Wl,-Bsymbolic-functions)
target_link_libraries(pgwire PRIVATE project_flags Threads::Threads m PkgConfig::LIBSSL
                      PkgConfig::LIBCRYPTO PkgConfig::LIBIDN)

# A static library has no such map: its objects become one, in which what is hidden is
# local, so that no name of an embedder's can collide with one of ours.
find_program(CMAKE_OBJCOPY objcopy REQUIRED)
set(object ${CMAKE_BINARY_DIR}/generated/libpgwire.o)
add_custom_command(OUTPUT ${object}
                   COMMAND ${CMAKE_LINKER} -r -o ${object} ${libpgwire_objects}
                   COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${object}
                   DEPENDS ${libpgwire_objects}
                   COMMAND_EXPAND_LISTS VERBATIM)
add_library(pgwire_static STATIC ${object})
set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
set_target_properties(pgwire_static PROPERTIES
    OUTPUT_NAME pgwire EXPORT_NAME static LINKER_LANGUAGE C)
target_link_libraries(pgwire_static INTERFACE Threads::Threads m ssl crypto idn)

foreach(target IN ITEMS pgwire pgwire_static)
    target_include_directories(${target} INTERFACE
        $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

# ---- install ----

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/pgwire)
install(TARGETS pgwire pgwire_static EXPORT pgwire
        LIBRARY COMPONENT libpgwire ARCHIVE COMPONENT libpgwire)
install(EXPORT pgwire NAMESPACE pgwire:: FILE pgwireTargets.cmake
        DESTINATION ${package} COMPONENT libpgwire)
# Before 1.0 a minor version may change what a program has to say (docs/ABI.md).
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pgwireConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/pgwireConfig.cmake ${CMAKE_BINARY_DIR}/pgwireConfigVersion.cmake
        DESTINATION ${package} COMPONENT libpgwire)

# Where the prefix is, from where the .pc file is: the package may be moved.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH to_prefix /prefix/${pkgconfig} /prefix)
configure_file(cmake/pgwire.pc.in ${CMAKE_BINARY_DIR}/pgwire.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/pgwire.pc DESTINATION ${pkgconfig} COMPONENT libpgwire)

install(DIRECTORY include/pgwire DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT libpgwire FILES_MATCHING PATTERN "*.h")
set(doc ${CMAKE_INSTALL_DATADIR}/doc/libpgwire)
file(GLOB examples CONFIGURE_DEPENDS examples/*.c)
install(FILES ${examples} DESTINATION ${doc}/examples COMPONENT libpgwire)
install(FILES LICENSE docs/API.md docs/ABI.md DESTINATION ${doc} COMPONENT libpgwire)
install(DIRECTORY docs/guides DESTINATION ${doc} COMPONENT libpgwire)
