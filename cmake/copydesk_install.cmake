# Filled by the install step of the build: see copydesk_install below.
