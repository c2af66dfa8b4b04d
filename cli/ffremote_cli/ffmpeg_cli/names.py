"""Facts in FFmpeg's lists beside the names: kinds of codecs, layouts of pixel formats, pads.

The server reports names only; these facts are the same in every version of FFmpeg.
"""

from collections.abc import Mapping

_AUDIO_NAMES = """
    4gv 8svx_exp 8svx_fib aac aac_latm ac3 ac4 acelp.kelvin adpcm_circus alac amr_nb amr_wb apac
    ape aptx aptx_hd atrac1 atrac3 atrac3al atrac3p atrac3pal atrac9 avc binkaudio_dct
    binkaudio_rdft bmv_audio bonk cbd2_dpcm celt codec2 comfortnoise cook derf_dpcm dfpwm dolby_e
    dsd_lsbf dsd_lsbf_planar dsd_msbf dsd_msbf_planar dsicinaudio dss_sp dst dts dvaudio eac3 evrc
    fastaudio flac ftr g723_1 g729 gremlin_dpcm gsm gsm_ms hca hcom iac ilbc imc interplay_dpcm
    interplayacm lc3 mace3 mace6 metasound misc4 mlp mp1 mp2 mp3 mp3adu mp3on4 mp4als
    mpegh_3d_audio msnsiren musepack7 musepack8 nellymoser opus osq paf_audio qcelp qdm2 qdmc qoa
    ra_144 ra_288 ralf rka roq_dpcm s302m sbc sdx2_dpcm shorten sipr siren smackaudio smv sol_dpcm
    sonic sonicls speex tak truehd truespeech tta twinvq vmdaudio vorbis wady_dpcm wavesynth
    wavpack westwood_snd1 wmalossless wmapro wmav1 wmav2 wmavoice xan_dpcm xma1 xma2"""
_SUBTITLE_NAMES = """
    arib_caption ass dvb_subtitle dvb_teletext dvd_subtitle eia_608 hdmv_pgs_subtitle
    hdmv_text_subtitle jacosub microdvd mov_text mpl2 pjs realtext sami srt ssa stl subrip
    subviewer subviewer1 text ttml vplayer webvtt xsub"""
_AUDIO = frozenset(_AUDIO_NAMES.split())
_SUBTITLES = frozenset(_SUBTITLE_NAMES.split())

_PIXEL_FORMAT_ROWS = """
    IO... 3 12 8-8-8 yuv420p yuv411p yuvj420p nv12 nv21 yuvj411p
    IO... 3 16 8-8-8 yuyv422 yuv422p yuvj422p uyvy422 yuv440p yuvj440p yvyu422
    IO... 3 24 8-8-8 rgb24 bgr24 yuv444p yuvj444p gbrp 0rgb rgb0 0bgr bgr0 nv24
    IO... 3 24 8-8-8 nv42
    IO... 3 9 8-8-8 yuv410p
    IO... 1 8 8 gray
    IO..B 1 1 1 monow monob
    I..P. 1 8 8 pal8
    ..... 3 12 8-8-8 uyyvyy411
    IO... 3 8 3-3-2 bgr8
    .O..B 3 4 1-2-1 bgr4 rgb4
    IO... 3 4 1-2-1 bgr4_byte rgb4_byte
    IO... 3 8 2-3-3 rgb8
    IO... 4 32 8-8-8-8 argb rgba abgr bgra yuva444p gbrap
    IO... 1 16 16 gray16be gray16le
    IO... 4 20 8-8-8-8 yuva420p
    IO... 3 48 16-16-16 rgb48be rgb48le yuv444p16le yuv444p16be bgr48be bgr48le
    IO... 3 48 16-16-16 gbrp16be gbrp16le p416be p416le
    IO... 3 16 5-6-5 rgb565be rgb565le bgr565be bgr565le
    IO... 3 15 5-5-5 rgb555be rgb555le bgr555be bgr555le
    IO... 3 24 16-16-16 yuv420p16le yuv420p16be p016le p016be
    IO... 3 32 16-16-16 yuv422p16le yuv422p16be p216be p216le
    IO... 3 12 4-4-4 rgb444le rgb444be bgr444le bgr444be
    IO... 2 16 8-8 ya8
    IO... 3 13 9-9-9 yuv420p9be yuv420p9le
    IO... 3 15 10-10-10 yuv420p10be yuv420p10le p010le p010be
    IO... 3 20 10-10-10 yuv422p10be yuv422p10le yuv440p10le yuv440p10be p210be
    IO... 3 20 10-10-10 p210le
    IO... 3 27 9-9-9 yuv444p9be yuv444p9le gbrp9be gbrp9le
    IO... 3 30 10-10-10 yuv444p10be yuv444p10le gbrp10be gbrp10le x2rgb10le
    IO... 3 30 10-10-10 x2bgr10le p410be p410le
    IO... 3 18 9-9-9 yuv422p9be yuv422p9le
    IO... 4 24 8-8-8-8 yuva422p
    IO... 4 22 9-9-9-9 yuva420p9be yuva420p9le
    IO... 4 27 9-9-9-9 yuva422p9be yuva422p9le
    IO... 4 36 9-9-9-9 yuva444p9be yuva444p9le
    IO... 4 25 10-10-10-10 yuva420p10be yuva420p10le
    IO... 4 30 10-10-10-10 yuva422p10be yuva422p10le
    IO... 4 40 10-10-10-10 yuva444p10be yuva444p10le gbrap10be gbrap10le
    IO... 4 40 16-16-16-16 yuva420p16be yuva420p16le
    IO... 4 48 16-16-16-16 yuva422p16be yuva422p16le
    IO... 4 64 16-16-16-16 yuva444p16be yuva444p16le rgba64be rgba64le bgra64be
    IO... 4 64 16-16-16-16 bgra64le gbrap16be gbrap16le ayuv64le
    IO... 3 36 12-12-12 xyz12le xyz12be yuv444p12be yuv444p12le gbrp12be gbrp12le
    ..... 3 16 8-8-8 nv16
    ..... 3 20 10-10-10 nv20le nv20be y210be
    IO... 2 32 16-16 ya16be ya16le
    IO... 3 18 12-12-12 yuv420p12be yuv420p12le
    IO... 3 21 14-14-14 yuv420p14be yuv420p14le
    IO... 3 24 12-12-12 yuv422p12be yuv422p12le yuv440p12le yuv440p12be
    IO... 3 28 14-14-14 yuv422p14be yuv422p14le
    IO... 3 42 14-14-14 yuv444p14be yuv444p14le gbrp14be gbrp14le
    I.... 3 8 2-4-2 bayer_bggr8 bayer_rggb8 bayer_gbrg8 bayer_grbg8
    I.... 3 16 4-8-4 bayer_bggr16le bayer_bggr16be bayer_rggb16le bayer_rggb16be
    I.... 3 16 4-8-4 bayer_gbrg16le bayer_gbrg16be bayer_grbg16le bayer_grbg16be
    ..... 4 64 16-16-16-16 ayuv64be
    IO... 4 48 12-12-12-12 gbrap12be gbrap12le yuva444p12be yuva444p12le
    IO... 1 12 12 gray12be gray12le
    IO... 1 10 10 gray10be gray10le
    IO... 1 9 9 gray9be gray9le
    IO... 3 96 32-32-32 gbrpf32be gbrpf32le
    IO... 4 128 32-32-32-32 gbrapf32be gbrapf32le
    IO... 1 14 14 gray14be gray14le
    IO... 1 32 32 grayf32be grayf32le
    IO... 4 36 12-12-12-12 yuva422p12be yuva422p12le
    I.... 3 20 10-10-10 y210le
    ..... 3 30 10-10-10 x2rgb10be x2bgr10be"""
"""Flags, components, bits per pixel, bits of each component, and the formats with these values."""

_PADS: Mapping[str, str] = {
    **dict.fromkeys(("overlay", "blend", "alphamerge", "paletteuse"), "VV->V"),
    **dict.fromkeys(("hstack", "vstack", "xstack", "bm3d", "decimate", "fieldmatch"), "N->V"),
    **dict.fromkeys(("premultiply", "unpremultiply"), "N->V"),
    **dict.fromkeys(("split", "select"), "V->N"),
    **dict.fromkeys(("asplit", "aselect", "ebur128", "channelsplit"), "A->N"),
    **dict.fromkeys(("amix", "amerge"), "N->A"),
    "acrossfade": "AA->A",
    "concat": "N->N",
}
"""Pads of the filters that do not have exactly one input and one output of their kind."""


def kind_of_codec(name: str) -> str:
    """Return `A`, `S` or `V`, as in FFmpeg's lists."""
    if name in _AUDIO or name.startswith(("pcm_", "adpcm_")):
        return "A"
    return "S" if name in _SUBTITLES else "V"


def pads_of_filter(name: str, kind: str) -> str:
    """Return inputs and outputs, such as `V->V`, of a filter of the kind `v` or `a`."""
    return _PADS.get(name, f"{kind.upper()}->{kind.upper()}")


def pixel_formats() -> Mapping[str, tuple[str, str, str, str]]:
    """Return flags, components, bits per pixel and bits of each component by format name."""
    formats: dict[str, tuple[str, str, str, str]] = {}
    for row in _PIXEL_FORMAT_ROWS.split("\n"):
        flags, components, bits, depths, *names = row.split() or ("", "", "", "")
        formats |= dict.fromkeys(names, (flags, components, bits, depths))
    return formats
