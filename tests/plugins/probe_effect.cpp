/* ProbeEffect: a stereo gain that can report a latency, and really is as late as it says. */
#include "DistrhoPlugin.hpp"
#include "variant.hpp"

START_NAMESPACE_DISTRHO

class ProbeEffect : public Plugin {
public:
    ProbeEffect()
        : Plugin(1, 0, 0),
          late(static_cast<uint32_t>(variant.number("latency", 0))),
          delays(2, DelayLine(late)) {
        misbehaveAtLoad(variant);
        setLatency(late);
    }

protected:
    const char* getLabel() const override { return "ProbeEffect"; }
    const char* getMaker() const override { return "composer_daw"; }
    const char* getLicense() const override { return "GPL-3.0-or-later"; }
    uint32_t getVersion() const override { return d_version(1, 0, 0); }
    int64_t getUniqueId() const override { return d_cconst('c', 'D', 'p', 'e'); }

    void initParameter(uint32_t, Parameter& parameter) override {
        parameter.name = "Gain";
        parameter.symbol = "gain";
        parameter.hints = kParameterIsAutomatable;
        parameter.ranges = ParameterRanges(1.0f, 0.0f, 2.0f);
    }
    float getParameterValue(uint32_t) const override { return gain; }
    void setParameterValue(uint32_t, float value) override { gain = value; }

    void activate() override {
        for (DelayLine& delay : delays) delay.clear();
    }

    void run(const float** inputs, float** outputs, uint32_t frames) override {
        for (int channel = 0; channel < 2; ++channel) {
            for (uint32_t i = 0; i < frames; ++i) outputs[channel][i] = gain * inputs[channel][i];
            delays[channel].pass(outputs[channel], frames);
        }
    }

private:
    const Variant variant;
    const uint32_t late;
    std::vector<DelayLine> delays;
    float gain = 1.0f;
};

Plugin* createPlugin() { return new ProbeEffect(); }

END_NAMESPACE_DISTRHO
