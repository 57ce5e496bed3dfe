# How the project's own code is compiled: warnings are errors, releases are hardened.
add_library(project_flags INTERFACE)
target_compile_definitions(project_flags INTERFACE _GNU_SOURCE)
target_compile_options(project_flags INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion
    -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wcast-qual
    -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -fvisibility=hidden
    -fno-semantic-interposition
    -fno-omit-frame-pointer)
if(WIREHOUSE_SANITIZE)
    string(REPLACE "fuzzer" "fuzzer-no-link" compile_sanitize "${WIREHOUSE_SANITIZE}")
    target_compile_options(project_flags INTERFACE -fsanitize=${compile_sanitize}
                           -fno-sanitize-recover=all)
    string(REGEX REPLACE "fuzzer,?" "" link_sanitize "${WIREHOUSE_SANITIZE}")
    target_link_options(project_flags INTERFACE -fsanitize=${link_sanitize})
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_options(project_flags INTERFACE -fstack-protector-strong
                           -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_link_options(project_flags INTERFACE -Wl,-z,relro,-z,now)
    include(CheckPIESupported)
    check_pie_supported(LANGUAGES C)
endif()
if(WIREHOUSE_COVERAGE)
    target_compile_options(project_flags INTERFACE --coverage)
    target_link_options(project_flags INTERFACE --coverage)
endif()
