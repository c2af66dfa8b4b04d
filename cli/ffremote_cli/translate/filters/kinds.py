"""The kind of stream that a filter reads: `[0]volume=2` reads the first audio stream of input 0."""

_AUDIO_FILTER_NAMES = """
    abench abitscope abuffersink acompressor acontrast acopy acrossfade acrossover acrusher acue
    adeclick adeclip adecorrelate adelay adenorm aderivative adrawgraph adynamicequalizer
    adynamicsmooth aecho aemphasis aeval aexciter afade afftdn afftfilt afifo aformat afreqshift
    afwtdn agate agraphmonitor ahistogram aiir aintegral alatency alimiter allpass aloop amerge
    ametadata amix amultiply anequalizer anlmdn anlmf anlms anull anullsink apad aperms
    aphasemeter aphaser aphaseshift apsyclip apulsator arealtime aresample areverse arnndn asdr
    asegment aselect asendcmd asetnsamples asetpts asetrate asettb ashowinfo asidedata asoftclip
    aspectralstats asplit asr astats asubboost asubcut asupercut asuperpass asuperstop atempo
    atilt atrim avectorscope axcorrelate azmq bandpass bandreject bass biquad bs2b channelmap
    channelsplit chorus compand compensationdelay crossfeed crystalizer dcshift deesser
    dialoguenhance drmeter dynaudnorm earwax ebur128 equalizer extrastereo firequalizer flanger
    haas hdcd highpass highshelf loudnorm lowpass lowshelf mcompand pan replaygain rubberband
    showcqt showfreqs showspatial showspectrum showspectrumpic showvolume showwaves showwavespic
    sidechaincompress sidechaingate silencedetect silenceremove sofalizer speechnorm stereotools
    stereowiden superequalizer surround tiltshelf treble tremolo vibrato virtualbass volume
    volumedetect"""
_AUDIO_FILTERS = frozenset(_AUDIO_FILTER_NAMES.split())
_MAKES_VIDEO = frozenset(
    {"abitscope", "adrawgraph", "ahistogram", "aphasemeter", "avectorscope", "showcqt", "showfreqs"}
    | {"showspatial", "showspectrum", "showspectrumpic", "showvolume", "showwaves", "showwavespic"}
)


def kind_of_filter(name: str) -> str:
    """Return `a` for a filter that reads audio, else `v`."""
    return "a" if name in _AUDIO_FILTERS else "v"


def makes_video(name: str) -> bool:
    """Return whether the filter draws video from audio."""
    return name in _MAKES_VIDEO


_IN_GRAPHS_ONLY_WORDS = """
    amultiply anoisesrc anullsrc channelsplit color concat extractplanes haldclut join libvmaf
    maskedmerge
    midequalizer pal100bars pal75bars psnr rgbtestsrc scale2ref sidechaincompress sidechaingate sine
    smptebars smptehdbars ssim testsrc testsrc2 xfade xpsnr xstack yuvtestsrc"""
_IN_GRAPHS_ONLY = frozenset(_IN_GRAPHS_ONLY_WORDS.split())


def needs_graph(name: str) -> bool:
    """Return whether a job has the filter in its `graph` only: it joins or makes streams."""
    return name in _IN_GRAPHS_ONLY or makes_video(name)
