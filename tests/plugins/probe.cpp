/* Probe: an instrument whose every move can be told from its sound, and that fails when asked to.

   Played by
     keys 0..4, or CC32 by fifths   technique of the channel: sustain staccato pizzicato tremolo harmonic
                                    (0..25, 26..51, 52..76, 77..102, 103..127)
     CC1, CC11                      level of the channel, the two multiplied (127 when never sent)
     pitch bend                     +-2 semitones
     program change, or program     dry, bright, dark: waveform, cutoff and detune together
     CC119 with n                   sets the state "patch", which no parameter shows: "user<n>", 0 is "plain"
   An event at frame f acts at frame f. At one frame controllers act before notes: VST3 has no order between
   the two, so the probe gives them one. As VST3 under JUCE a controller arrives at the first sample of its
   block, only its last value there, and rounded down: half of the values as one less than was sent.

   Sounds
     Each note begins on its very sample with a value well above zero (cosine phase). A technique has its own
     envelope and its own partial. The release lasts 30 ms.
     With the parameter Marks on, the right channel carries no tone but one mark for each note that starts:
       ((technique * 16 + channel) * 128 + pitch) * 128 + wait + 1, divided by 2^22,
     where wait is how many samples ago the note started: notes that start together queue up. A mark fits a
     24-bit sample. tests/support/probe_plugin.py reads them.

   Fails as its file name says (see variant.hpp). A fault on a note strikes when its key is played: 127, or
   the key that the variant names.
*/
#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "DistrhoPlugin.hpp"
#include "variant.hpp"

START_NAMESPACE_DISTRHO

namespace {

constexpr double kTau = 6.283185307179586;
constexpr int kOutputs = DISTRHO_PLUGIN_NUM_OUTPUTS; // 2, or 4: drums play keys from 60 on to the second pair
constexpr size_t kVoices = 128;
constexpr double kRelease_s = 0.03;

struct Technique {
    const char* name;
    double octave;     // how much higher the note sounds
    double partial;    // ratio of the partial that marks this technique
    double decay_s;    // time constant of the decay; 0 holds
    double tremolo_hz; // amplitude modulation
};
constexpr Technique kTechniques[] = {
    {"sustain", 1, 2, 0, 0},
    {"staccato", 1, 3, 0.04, 0},
    {"pizzicato", 1, 5, 0.15, 0},
    {"tremolo", 1, 7, 0, 8},
    {"harmonic", 2, 4, 0, 0},
};
constexpr int kTechniqueCount = 5;

enum ParameterId { kSpare, kLevel, kCutoff, kWaveform, kDetune, kMarks, kParameterCount };
enum Waveform { kSine, kSaw, kSquare };

struct Program {
    const char* name;
    float waveform, cutoff_hz, detune_cents;
};
constexpr Program kPrograms[] = {
    {"dry", kSine, 20000, 0},
    {"bright", kSaw, 20000, 0},
    {"dark", kSaw, 800, -5},
};
constexpr int kProgramCount = 3;

struct Channel {
    int technique = 0;
    double bend = 0; // semitones
    int dynamics = 127, expression = 127;
};

struct Voice {
    int channel, pitch, technique, output;
    float gain;
    float fault = 0;       // NaN or Inf: what sounds instead
    double phase = 0;      // cycles
    double envelope = 1;
    double age_s = 0;
    double released_s = -1;
    double filtered = 0;

    bool over() const { return released_s >= kRelease_s || envelope < 1e-6; }
};

struct Mark {
    uint32_t code;
    uint64_t frame;
};

} // namespace

class Probe : public Plugin {
public:
    Probe()
        : Plugin(kParameterCount, kProgramCount, 1),
          late(static_cast<uint32_t>(variant.number("latency", 0))),
          loaded(std::chrono::steady_clock::now() +
                 std::chrono::microseconds(static_cast<int64_t>(1e6 * variant.number("slow", 0)))),
          delays(kOutputs, DelayLine(late)),
          noise(std::random_device{}()) {
        misbehaveAtLoad(variant);
        setLatency(late);
        loadProgram(0);
        values[kMarks] = variant.has("marks");
        if (variant.has("patch")) patch = variant.text("patch");
    }

protected:
    const char* getLabel() const override { return DISTRHO_PLUGIN_NAME; }
    const char* getMaker() const override { return "composer_daw"; }
    const char* getLicense() const override { return "GPL-3.0-or-later"; }
    uint32_t getVersion() const override { return d_version(1, 0, 0); }
    int64_t getUniqueId() const override { return d_cconst('c', 'D', 'p', kOutputs == 4 ? 'd' : 'i'); }

    // ---- parameters, programs, state

    void initParameter(uint32_t index, Parameter& parameter) override {
        static const struct {
            const char *name, *symbol, *unit;
            uint32_t hints;
            float start, low, high;
        } rows[] = {
            {"Spare", "spare", "", 0, 0, 0, 1}, // DPF's VST3 takes the first one for a MIDI controller
            {"Level", "level", "", 0, 1, 0, 1},
            {"Cutoff", "cutoff", "Hz", kParameterIsLogarithmic, 20000, 20, 20000},
            {"Waveform", "waveform", "", kParameterIsInteger, kSine, kSine, kSquare},
            {"Detune", "detune", "cents", 0, 0, -50, 50},
            {"Marks", "marks", "", kParameterIsBoolean, 0, 0, 1},
        };
        const auto& row = rows[index];
        parameter.name = row.name;
        parameter.symbol = row.symbol;
        parameter.unit = row.unit;
        parameter.hints = kParameterIsAutomatable | row.hints;
        parameter.ranges = ParameterRanges(row.start, row.low, row.high);
        if (index == kMarks) parameter.ranges.def = values[kMarks]; // a variant may begin with marks on
        if (index == kWaveform) {
            parameter.enumValues.count = 3;
            parameter.enumValues.restrictedMode = true;
            parameter.enumValues.values =
                new ParameterEnumerationValue[3]{{kSine, "sine"}, {kSaw, "saw"}, {kSquare, "square"}};
        }
    }
    float getParameterValue(uint32_t index) const override { return values[index]; }
    void setParameterValue(uint32_t index, float value) override {
        if (toForget > 0) { // this call belongs to a state that is to be forgotten
            --toForget;
            return;
        }
        // DPF saves six decimals: values on that grid are the same after a state was restored.
        static const float steps[] = {1e6f, 1e6f, 100, 1, 1e4f, 1};
        values[index] = std::round(value * steps[index]) / steps[index];
    }

    void initProgramName(uint32_t index, String& name) override { name = kPrograms[index].name; }
    void loadProgram(uint32_t index) override {
        if (index >= kProgramCount) return;
        values[kWaveform] = kPrograms[index].waveform;
        values[kCutoff] = kPrograms[index].cutoff_hz;
        values[kDetune] = kPrograms[index].detune_cents;
    }

    void initState(uint32_t, State& state) override {
        state.key = "patch";
        state.label = "Patch";
        state.defaultValue = "plain";
    }
    String getState(const char*) const override { return String(patch.c_str()); }
    void setState(const char*, const char* value) override {
        if (variant.has("forget"))
            toForget = kParameterCount; // DPF sets every parameter after the state
        else
            patch = value;
    }

    // ---- playing

    void activate() override {
        voices.clear();
        for (Channel& channel : channels)
            if (!variant.has("latch")) channel = Channel();
        for (DelayLine& delay : delays) delay.clear();
        for (std::deque<Mark>& queue : marks) queue.clear();
        leak(variant.number("leak", 0));
    }

    void run(const float**, float** outputs, uint32_t frames, const MidiEvent* midi,
             uint32_t count) override {
        toForget = 0;
        if (variant.has("flood")) flood(16 << 10);
        for (int output = 0; output < kOutputs; ++output)
            std::fill_n(outputs[output], frames, 0.0f);
        uint32_t now = 0;
        for (const MidiEvent& event : inOrder(midi, count)) {
            play(outputs, now, std::min(event.frame, frames));
            now = std::min(event.frame, frames);
            obey(event.data, clock + now);
        }
        play(outputs, now, frames);
        for (int output = 0; output < kOutputs; ++output) {
            if (output % 2 == 1 && marking()) writeMarks(marks[output / 2], outputs[output], frames);
            delays[output].pass(outputs[output], frames);
        }
        clock += frames;
    }

private:
    const Variant variant;
    const bool random = variant.has("random");
    const uint32_t late;
    const std::chrono::steady_clock::time_point loaded;
    std::vector<DelayLine> delays;
    std::minstd_rand noise;
    float values[kParameterCount] = {0, 1, 0, 0, 0, 0};
    std::string patch = "plain";
    int toForget = 0;
    uint64_t clock = 0; // frames since the plugin was made
    Channel channels[16];
    std::vector<Voice> voices;
    std::deque<Mark> marks[kOutputs / 2];

    bool marking() const { return values[kMarks] > 0.5f; }

    /* By frame; at one frame controllers before notes. DPF's VST3 hands them over in neither order. */
    static std::vector<MidiEvent> inOrder(const MidiEvent* midi, uint32_t count) {
        std::vector<MidiEvent> events(midi, midi + count);
        const auto rank = [](const MidiEvent& event) { return (event.data[0] & 0xf0) < 0xb0; };
        std::stable_sort(events.begin(), events.end(), [&](const MidiEvent& a, const MidiEvent& b) {
            return a.frame != b.frame ? a.frame < b.frame : rank(a) < rank(b);
        });
        return events;
    }

    void obey(const uint8_t* data, uint64_t frame) {
        const int number = data[0] & 0x0f;
        Channel& channel = channels[number];
        switch (data[0] & 0xf0) {
        case 0x90: data[2] > 0 ? noteOn(number, data[1], data[2], frame) : noteOff(number, data[1]); break;
        case 0x80: noteOff(number, data[1]); break;
        case 0xb0: control(channel, number, data[1], data[2]); break;
        case 0xc0: loadProgram(data[1]); break;
        // DPF's VST3 sends a full bend as 128 << 7, out of MIDI's range
        case 0xe0: channel.bend = (std::min(data[1] | data[2] << 7, 16383) - 8192) / 4096.0; break;
        }
    }

    void control(Channel& channel, int number, int controller, int value) {
        switch (controller) {
        case 1: channel.dynamics = value; break;
        case 11: channel.expression = value; break;
        case 32: channel.technique = value * kTechniqueCount / 128; break;
        case 119: patch = value == 0 ? "plain" : "user" + std::to_string(value); break;
        case 120: voices.clear(); break; // all sound off
        case 123:                        // all notes off
            for (int pitch = 0; pitch < 128; ++pitch) noteOff(number, pitch);
        }
    }

    void noteOn(int number, int pitch, int velocity, uint64_t frame) {
        if (pitch < kTechniqueCount) {
            channels[number].technique = pitch;
            return;
        }
        const int technique = channels[number].technique;
        Voice voice{number, pitch, technique, 0, 0.25f * velocity / 127};
        strike(voice);
        if (variant.text("missing") == kTechniques[technique].name) return;
        if (std::chrono::steady_clock::now() < loaded) return; // its samples are still on their way
        if (kOutputs == 4 && pitch >= 60) voice.output = 2;
        if (voices.size() == kVoices) voices.erase(voices.begin());
        voices.push_back(voice);
        const uint32_t code = ((technique * 16 + number) * 128 + pitch) * 128;
        if (marking()) marks[voice.output / 2].push_back({code, frame});
    }

    void strike(Voice& voice) const {
        const auto struck = [&](const char* fault) {
            return variant.has(fault) && voice.pitch == static_cast<int>(variant.number(fault, 127));
        };
        const std::string where = "on key " + std::to_string(voice.pitch);
        if (struck("crash-note")) crash(where);
        if (struck("hang-note")) hang(where);
        if (struck("nan-note")) voice.fault = NAN;
        if (struck("inf-note")) voice.fault = INFINITY;
    }

    void noteOff(int number, int pitch) {
        for (Voice& voice : voices)
            if (voice.channel == number && voice.pitch == pitch && voice.released_s < 0) {
                voice.released_s = 0;
                return; // the oldest of this pitch: two note-ons need two note-offs
            }
    }

    void play(float** outputs, uint32_t from, uint32_t to) {
        if (from == to) return;
        for (Voice& voice : voices) {
            const Motion motion = motionOf(voice);
            float* const left = outputs[voice.output];
            float* const right = outputs[voice.output + 1];
            for (uint32_t i = from; i < to; ++i) {
                const float sample = next(voice, motion);
                left[i] += sample;
                right[i] += sample;
            }
        }
        const auto over = [](const Voice& voice) { return voice.over(); };
        voices.erase(std::remove_if(voices.begin(), voices.end(), over), voices.end());
    }

    /* What stays the same between two events. */
    struct Motion {
        double step, sample_s, decay, partial, patch_partial, level, filter;
        const Technique& technique;
    };

    Motion motionOf(const Voice& voice) const {
        const Technique& technique = kTechniques[voice.technique];
        const Channel& channel = channels[voice.channel];
        const double rate = getSampleRate();
        const double semitones = voice.pitch - 69 + channel.bend + values[kDetune] / 100;
        const double step = 440 * std::exp2(semitones / 12) * technique.octave / rate;
        const double decay = technique.decay_s > 0 ? std::exp(-1 / (rate * technique.decay_s)) : 1;
        const double controllers = channel.dynamics * channel.expression / (127.0 * 127);
        const double level = voice.gain * values[kLevel] * controllers;
        const double filter = 1 - std::exp(-kTau * values[kCutoff] / rate);
        const auto audible = [step](double partial) { return step * partial < 0.5 ? partial : 0; };
        return {step,  1 / rate, decay,  audible(technique.partial), audible(patchPartial()),
                level, filter,   technique};
    }

    /* The ratio of the partial that a patch adds: most names have one of their own, "plain" has none. */
    double patchPartial() const {
        if (patch == "plain") return 0;
        unsigned sum = 0;
        for (const char letter : patch) sum = sum * 31 + static_cast<unsigned char>(letter);
        return 1.5 + sum % 97 / 16.0;
    }

    float next(Voice& voice, const Motion& motion) {
        double tone = wave(voice.phase);
        if (motion.partial > 0) tone += 0.5 * std::cos(kTau * motion.partial * voice.phase);
        if (motion.patch_partial > 0) tone += 0.4 * std::cos(kTau * motion.patch_partial * voice.phase);
        double level = voice.envelope * motion.level;
        if (motion.technique.tremolo_hz > 0)
            level *= 0.6 + 0.4 * std::cos(kTau * motion.technique.tremolo_hz * voice.age_s);
        if (voice.released_s >= 0) level *= std::max(0.0, 1 - voice.released_s / kRelease_s);
        if (random) level *= 0.99 + 0.02 * noise() / noise.max();
        voice.filtered += motion.filter * (tone - voice.filtered);
        voice.phase += motion.step; // not wrapped: a partial between whole ratios would jump
        voice.envelope *= motion.decay;
        voice.age_s += motion.sample_s;
        if (voice.released_s >= 0) voice.released_s += motion.sample_s;
        return voice.fault == 0 ? static_cast<float>(level * voice.filtered) : voice.fault;
    }

    double wave(double phase) const {
        const double part = phase - std::floor(phase);
        if (values[kWaveform] == kSaw) return 1 - 2 * part;
        if (values[kWaveform] == kSquare) return part < 0.25 || part >= 0.75 ? 1 : -1;
        return std::cos(kTau * part);
    }

    void writeMarks(std::deque<Mark>& queue, float* samples, uint32_t frames) const {
        for (uint32_t i = 0; i < frames; ++i) {
            samples[i] = 0;
            if (queue.empty() || queue.front().frame > clock + i) continue;
            const uint64_t wait = clock + i - queue.front().frame;
            if (wait < 128) samples[i] = (queue.front().code + wait + 1) / 4194304.0f;
            queue.pop_front();
        }
    }
};

Plugin* createPlugin() { return new Probe(); }

END_NAMESPACE_DISTRHO
