# The simulation's program. What it compiles of the product, it compiles with a point
# before every atomic access; the rest comes from the library.
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.c)
file(GLOB sim_product CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/net/*.c)
list(APPEND sim_product ${CMAKE_SOURCE_DIR}/src/pgwire/interrupt.c
     ${CMAKE_SOURCE_DIR}/src/pgwire/session.c ${CMAKE_SOURCE_DIR}/src/core/running.c
     ${CMAKE_SOURCE_DIR}/src/pgwire/session_want.c ${CMAKE_SOURCE_DIR}/src/pgwire/notify.c
     ${CMAKE_SOURCE_DIR}/src/pgwire/inbox.c
     ${CMAKE_SOURCE_DIR}/src/pgwire/times.c
     ${CMAKE_SOURCE_DIR}/src/http/http_session.c ${CMAKE_SOURCE_DIR}/src/http/http_query.c
     ${CMAKE_SOURCE_DIR}/src/http/http_life.c)
set(sim_wraps
    pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_unlock
    pthread_cond_init pthread_cond_destroy pthread_cond_signal pthread_cond_timedwait
    pthread_create pthread_join clock_now_us clock_gettime getrandom
    open close read write eventfd epoll_create1 epoll_ctl epoll_wait
    socket bind listen setsockopt getsockname accept4 recv sendmsg
    conn_open conn_park conn_yield conn_wake conn_claim conn_resume conn_seize conn_retire
    loop_wake run_queue_doze run_queue_pop run_queue_pass_on deadlines_set deadlines_remove
    interrupts_hang_up interrupts_shutdown lobby_leave lobby_pass admission_leave slots_take slots_release
    pgw_session_want pgw_session_run pgw_session_recv_buf pgw_session_recv_ack
    pgw_session_send_iov pgw_session_send_ack pgw_session_idle pgw_session_free
    pgw_session_key_matches pgw_session_interrupt)

add_library(sim_product OBJECT EXCLUDE_FROM_ALL ${sim_product})
target_include_directories(sim_product PRIVATE include src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(sim_product PRIVATE -include ${CMAKE_SOURCE_DIR}/tests/sim/points.h)
target_link_libraries(sim_product PRIVATE wirehouse_all)

# clang-tidy reads the product's files as the product compiles them.
set_target_properties(sim_product PROPERTIES EXPORT_COMPILE_COMMANDS OFF)

add_executable(sim EXCLUDE_FROM_ALL ${sim_sources} $<TARGET_OBJECTS:sim_product>)
target_link_libraries(sim PRIVATE wirehouse_all)
target_include_directories(sim PRIVATE src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(sim PRIVATE -U_FORTIFY_SOURCE)
list(TRANSFORM sim_wraps PREPEND "-Wl,--wrap=")
target_link_options(sim PRIVATE ${sim_wraps})
set_target_properties(sim PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
