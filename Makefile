PREFIX = /usr/local
DESTDIR =

# One release build for all: the linking mode is part of how every module is compiled.
RELEASE = -c release --static-swift-stdlib
BINARY = .build/static/netpolc
AGENT = .build/static/netpolc-agent
SOURCES := Package.swift $(shell find Sources -type f)

# Tests in which a server answers in this process, in time: they have it to themselves.
SERVED = KubernetesAPITests|APISourceTests|ClusterTests|DenyEventTests|SnapshotTests
# One that lasts, and measures what it disturbs.
LONG = SoakTests

.PHONY: help build demo test soak lint golden bench bench-agent static agent install install-agent clean
.DELETE_ON_ERROR:

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: ## Install what is missing, build, and watch one policy decide real connections
	@Tests/deps.sh demo
	@$(MAKE) -s --no-print-directory $(BINARY)
	@Tests/demo.sh $(BINARY)

build: ## Build the release binary
	@Tests/deps.sh build
	swift build $(RELEASE) --product netpolc

test: ## Run all tests; as root also the live ones, in network namespaces
	@Tests/deps.sh test
	@[ "$$(id -u)" = 0 ] || \
	  echo "Live tests are skipped: only root may make the network namespaces they run in."
	swift test --disable-xctest --skip '$(SERVED)|$(LONG)'
	swift test --disable-xctest --skip-build --filter '$(SERVED)'
	swift test --disable-xctest --skip-build --filter '$(LONG)'

soak: ## Disturb an agent for ten minutes, as root; SOAK_SECONDS= and SOAK_SEED= say otherwise
	@Tests/deps.sh test
	@[ "$$(id -u)" = 0 ] || \
	  { echo "Only root may make the network namespaces that a soak runs in." >&2; exit 1; }
	SOAK_SECONDS=$${SOAK_SECONDS:-600} SOAK_SEED=$${SOAK_SEED:-$$(date +%s)} \
	  swift test --disable-xctest --filter '$(LONG)'

lint: ## Check formatting and style
	swift format lint --strict -r Sources Tests Package.swift

golden: ## Write the golden files anew
	UPDATE_GOLDEN=1 swift test --disable-xctest --filter GoldenTests

bench: build ## Measure reading, compiling, applying and packets; the last two as root
	swift build $(RELEASE) --product netpolc-bench
	.build/release/netpolc-bench

bench-agent: ## Measure the node agent as a process, as root; BENCH= gives options, --help shows them
	@Tests/deps.sh test
	@[ "$$(id -u)" = 0 ] || \
	  { echo "Only root may make the network namespaces that agents are measured in." >&2; exit 1; }
	swift build $(RELEASE) --product netpolc-agent
	swift build $(RELEASE) --product agent-bench
	.build/release/agent-bench $(BENCH)

static: $(BINARY) ## Build a binary that needs no Swift where it runs
	@echo "$(BINARY) needs nothing but:"
	@ldd $(BINARY) | awk '{ print "  " $$1 }'

agent: $(AGENT) ## Build the node agent in the same way, which takes some minutes

# Copied only when it needs none of Swift's libraries.
.build/static/%: $(SOURCES)
	@Tests/deps.sh build
	swift build $(RELEASE) --product $*
	@needed=$$(ldd .build/release/$*) && \
	  if echo "$$needed" | grep -E 'lib_?(swift|icu|Foundation|dispatch|BlocksRuntime)|not found'; then \
	    echo "$* must not need these" >&2; exit 1; fi
	@install -D -m 755 .build/release/$* $@

# Where each shell looks for completions of its own accord.
SHARE = $(DESTDIR)$(PREFIX)/share
BASH_COMPLETIONS = $(SHARE)/bash-completion/completions
ZSH_COMPLETIONS = $(SHARE)/zsh/site-functions
FISH_COMPLETIONS = $(SHARE)/fish/vendor_completions.d

install: $(BINARY) ## Install netpolc, as kubectl's plugin too, with manual and completions
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/netpolc
	ln -sf netpolc $(DESTDIR)$(PREFIX)/bin/kubectl-netpolc
	$(BINARY) manual $(SHARE)/man/man1
	mkdir -p $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS) $(FISH_COMPLETIONS)
	$(BINARY) completion bash > $(BASH_COMPLETIONS)/netpolc
	$(BINARY) completion zsh > $(ZSH_COMPLETIONS)/_netpolc
	$(BINARY) completion fish > $(FISH_COMPLETIONS)/netpolc.fish

install-agent: $(AGENT) ## Install the node agent; deploy/systemd has a unit for it
	install -D -m 755 $(AGENT) $(DESTDIR)$(PREFIX)/bin/netpolc-agent

clean: ## Remove all that was built
	rm -rf .build
