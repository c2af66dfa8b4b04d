# The client of ffremote for Homebrew. `./run release` writes a copy of it with version, source and sum.
class Ffremote < Formula
  desc "Your machine's ffmpeg, run on a bigger one"
  homepage "@HOMEPAGE@"
  url "@SOURCE@"
  version "@VERSION@"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "python@3.13"

  def install
    python = Formula["python@3.13"].opt_bin/"python3.13"
    system python, "-m", "venv", "--without-pip", libexec
    pip = [python, "-m", "pip", "--python=#{libexec}/bin/python", "install", "--no-cache-dir"]
    # The dependencies with the versions and hashes that this release was tested with.
    system(*pip, "--no-deps", "--require-hashes", "--requirement", "locks/client.txt")
    system(*pip, "--no-deps", ".")
    bin.install_symlink libexec/"bin/ffremote"
    man1.install "cli/ffremote.1"
    generate_completions_from_executable(bin/"ffremote", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/ffremote --version")
    # Nothing listens on this port: the client says so, with its exit status for that.
    output = shell_output("#{bin}/ffremote --server http://127.0.0.1:9 --patience 0 list 2>&1", 3)
    assert_match "connection refused", output
  end
end
