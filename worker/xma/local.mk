# The errand that decodes XMA, the one program that links libavcodec.
if XMA
pkglibexec_PROGRAMS += xe360-xma
xe360_xma_CFLAGS = $(AM_CFLAGS) $(AVCODEC_CFLAGS) $(SECCOMP_CFLAGS)
xe360_xma_SOURCES = %D%/ask.c %D%/ask.h %D%/decode.c %D%/decode.h %D%/main.c
xe360_xma_LDADD = $(AVCODEC_LIBS) $(SECCOMP_LIBS) -lm
endif
