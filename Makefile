# Everything is in ./run; make only forwards the names.
.PHONY: demo up test check bench chaos setup images docker-verify lock help
help demo up test check bench chaos setup images docker-verify lock:
	@./run $@
