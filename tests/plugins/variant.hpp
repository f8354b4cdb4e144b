/* What one copy of a plugin is to do, told by the name of its file.

   `Probe@latency=64,missing=pizzicato.so` is Probe with a latency of 64 samples and without pizzicato. A file
   name is known before the plugin exists, and belongs to one copy only: an environment variable would speak
   to all the plugins of a process. The words are listed in tests/support/probe_plugin.py.
*/
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

class Variant {
public:
    Variant() {
        const std::string words = wordsOfThisFile();
        for (size_t start = 0; start < words.size();) {
            const size_t end = std::min(words.find(',', start), words.size());
            const std::string word = words.substr(start, end - start);
            const size_t equals = std::min(word.find('='), word.size());
            options[word.substr(0, equals)] = equals < word.size() ? word.substr(equals + 1) : "";
            start = end + 1;
        }
    }

    bool has(const char* name) const { return options.count(name) > 0; }
    std::string text(const char* name) const { return has(name) ? options.at(name) : ""; }
    double number(const char* name, double otherwise) const {
        return text(name).empty() ? otherwise : std::atof(text(name).c_str());
    }

private:
    std::map<std::string, std::string> options;

    /* The part of the file's name between '@' and the last dot. */
    static std::string wordsOfThisFile() {
        Dl_info info;
        if (dladdr(reinterpret_cast<void*>(&Variant::wordsOfThisFile), &info) == 0) return "";
        std::string name = info.dli_fname;
        name = name.substr(name.rfind('/') + 1);
        name = name.substr(0, name.rfind('.'));
        const size_t at = name.find('@');
        return at == std::string::npos ? "" : name.substr(at + 1);
    }
};

/* Last words are written, not printed: what sits in a buffer is lost in a crash. */
inline void say(const std::string& words) {
    const std::string line = "Probe: " + words + "\n";
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

[[noreturn]] inline void crash(const std::string& where) {
    say("crashing " + where);
    std::raise(SIGSEGV);
    std::abort();
}

[[noreturn]] inline void hang(const std::string& where) {
    say("hanging " + where);
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

/* Writes `bytes` of text to stdout and as many to stderr; waits for a reader where the pipe is full. */
inline void flood(size_t bytes) {
    const std::string line(127, '~');
    for (size_t written = 0; written < bytes; written += 128)
        for (int stream : {STDOUT_FILENO, STDERR_FILENO})
            if (write(stream, (line + "\n").data(), 128) < 0) return;
}

/* Takes memory that is never given back, and touches it so that it counts as resident. */
inline void leak(double megabytes) {
    const size_t bytes = static_cast<size_t>(megabytes * 1048576);
    volatile char* const lost = static_cast<volatile char*>(std::malloc(bytes));
    for (size_t page = 0; lost != nullptr && page < bytes; page += 4096) lost[page] = 1;
}

/* Strikes where a plugin is made, as far as the variant says so. */
inline void misbehaveAtLoad(const Variant& variant) {
    if (variant.has("crash-load")) crash("at load");
    if (variant.has("hang-load")) hang("at load");
    if (variant.has("flood")) flood(2 << 20);
}

/* One channel, late by a fixed number of samples. */
class DelayLine {
public:
    explicit DelayLine(size_t samples) : ring(samples, 0.0f) {}
    void clear() { std::fill(ring.begin(), ring.end(), 0.0f); }
    void pass(float* samples, size_t count) {
        for (size_t i = 0; i < count && !ring.empty(); ++i) {
            std::swap(samples[i], ring[at]);
            at = (at + 1) % ring.size();
        }
    }

private:
    std::vector<float> ring;
    size_t at = 0;
};
