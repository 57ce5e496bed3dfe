# HttpParser::HttpParser: llhttp where the system has it, else http_parser, its ancestor.
find_path(LLHTTP_INCLUDE llhttp.h)
find_library(LLHTTP_LIBRARY llhttp)
find_path(HTTP_PARSER_INCLUDE http_parser.h)
find_library(HTTP_PARSER_LIBRARY http_parser)
if(LLHTTP_INCLUDE AND LLHTTP_LIBRARY)
    set(_include ${LLHTTP_INCLUDE})
    set(_library ${LLHTTP_LIBRARY})
    set(_define WIREHOUSE_LLHTTP=1)
else()
    set(_include ${HTTP_PARSER_INCLUDE})
    set(_library ${HTTP_PARSER_LIBRARY})
    set(_define WIREHOUSE_LLHTTP=0)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(HttpParser REQUIRED_VARS _library _include)
if(HttpParser_FOUND AND NOT TARGET HttpParser::HttpParser)
    add_library(HttpParser::HttpParser UNKNOWN IMPORTED)
    set_target_properties(HttpParser::HttpParser PROPERTIES
        IMPORTED_LOCATION ${_library}
        INTERFACE_INCLUDE_DIRECTORIES ${_include}
        INTERFACE_COMPILE_DEFINITIONS ${_define})
endif()
