/* What DPF must know before it compiles a plugin. Built three times: instrument, drums, effect. */
#pragma once

#define DISTRHO_PLUGIN_BRAND "composer_daw"
#define DISTRHO_PLUGIN_IS_RT_SAFE 0
#define DISTRHO_PLUGIN_WANT_LATENCY 1

#if defined(PROBE_EFFECT)
#define DISTRHO_PLUGIN_NAME "ProbeEffect"
#define DISTRHO_PLUGIN_URI "urn:composer_daw:probe-effect"
#define DISTRHO_PLUGIN_NUM_INPUTS 2
#define DISTRHO_PLUGIN_NUM_OUTPUTS 2
#else
#if defined(PROBE_DRUMS)
#define DISTRHO_PLUGIN_NAME "ProbeDrums"
#define DISTRHO_PLUGIN_URI "urn:composer_daw:probe-drums"
#define DISTRHO_PLUGIN_NUM_OUTPUTS 4
#else
#define DISTRHO_PLUGIN_NAME "Probe"
#define DISTRHO_PLUGIN_URI "urn:composer_daw:probe"
#define DISTRHO_PLUGIN_NUM_OUTPUTS 2
#endif
#define DISTRHO_PLUGIN_NUM_INPUTS 0
#define DISTRHO_PLUGIN_IS_SYNTH 1
#define DISTRHO_PLUGIN_WANT_PROGRAMS 1
#define DISTRHO_PLUGIN_WANT_STATE 1
#define DISTRHO_PLUGIN_WANT_FULL_STATE 1
#endif
