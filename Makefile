# All targets are in ./run; make only forwards their names.
.PHONY: demo up test check bench chaos setup vendor screenshots images release docker-verify lock help
help demo up test check bench chaos setup vendor screenshots images docker-verify lock:
	@./run $@
