//! The device that draws: found once, shared by every renderer.
//!
//! In: which kind of adapter to take. Out: a device and its queue, and what went wrong on them since last asked.
//! Never draws.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::pipelines::Pipelines;

/// Environment variable that overrides the choice of adapter: `any`, `hardware` or `software`.
pub const ADAPTER_VARIABLE: &str = "SIDELINE_ADAPTER";

/// Which adapter to draw with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AdapterChoice {
    /// A GPU if there is one, else software.
    #[default]
    Any,
    Hardware,
    /// The CPU (lavapipe, WARP): the reference for goldens, since its pixels do not depend on the machine's GPU.
    Software,
}

/// A device could not be had.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    #[error("`{found}` is not an adapter choice; use any, hardware or software (also in {ADAPTER_VARIABLE})")]
    UnknownChoice { found: String },
    #[error(
        "no {wanted} Vulkan, Metal or Direct3D 12 adapter here; found: {found}. Install the GPU's driver, or software \
         Vulkan (Debian: apt install mesa-vulkan-drivers)"
    )]
    NoAdapter { wanted: &'static str, found: String },
    #[error("adapter {adapter} refused a device; update its driver or set {ADAPTER_VARIABLE}=software")]
    Device {
        adapter: String,
        #[source]
        cause: wgpu::RequestDeviceError,
    },
}

impl GpuError {
    /// Stable name for logs and control clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownChoice { .. } => "gpu.unknown_choice",
            Self::NoAdapter { .. } => "gpu.no_adapter",
            Self::Device { .. } => "gpu.device",
        }
    }
}

impl FromStr for AdapterChoice {
    type Err = GpuError;

    fn from_str(text: &str) -> Result<Self, GpuError> {
        match text {
            "any" | "" => Ok(Self::Any),
            "hardware" => Ok(Self::Hardware),
            "software" => Ok(Self::Software),
            other => Err(GpuError::UnknownChoice { found: other.to_owned() }),
        }
    }
}

impl AdapterChoice {
    /// What [`ADAPTER_VARIABLE`] asks for; any adapter when it is not set.
    pub fn from_environment() -> Result<Self, GpuError> {
        std::env::var(ADAPTER_VARIABLE).unwrap_or_default().parse()
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Any => "usable",
            Self::Hardware => "hardware",
            Self::Software => "software",
        }
    }

    /// Lower is better; `None` is not acceptable.
    fn rank(self, device_type: wgpu::DeviceType) -> Option<u8> {
        use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu, Other, VirtualGpu};
        let rank = match device_type {
            DiscreteGpu => 0,
            IntegratedGpu => 1,
            VirtualGpu => 2,
            Other => 3,
            Cpu => 4,
        };
        match self {
            Self::Any => Some(rank),
            Self::Hardware => (device_type != Cpu).then_some(rank),
            Self::Software => (device_type == Cpu).then_some(rank),
        }
    }
}

/// What happened on the device and was not asked for yet.
#[derive(Default)]
struct Trouble {
    /// The first error since the last `take_trouble`; later ones are usually its consequences.
    first: Option<String>,
    /// Stays: a lost device does not come back.
    lost: Option<String>,
}

/// A device and its queue. Clones share them.
#[derive(Clone)]
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    adapter: Arc<wgpu::AdapterInfo>,
    trouble: Arc<Mutex<Trouble>>,
    /// Compiled for the first renderer.
    pipelines: Arc<OnceLock<Pipelines>>,
    /// Set when every pipeline was drawn with.
    warm: Arc<OnceLock<()>>,
}

impl Gpu {
    /// Opens the adapter that the environment asks for, else a GPU, else software.
    pub fn new() -> Result<Gpu, GpuError> {
        Gpu::with(AdapterChoice::from_environment()?)
    }

    /// Opens the best adapter of a kind; discrete GPUs before integrated ones.
    pub fn with(choice: AdapterChoice) -> Result<Gpu, GpuError> {
        let backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
        let mut options = wgpu::InstanceDescriptor::new_without_display_handle();
        options.backends = backends;
        let instance = wgpu::Instance::new(options);
        let adapters = pollster::block_on(instance.enumerate_adapters(backends));
        let found = adapters.iter().map(|adapter| describe(&adapter.get_info())).collect::<Vec<_>>().join("; ");
        let best = adapters
            .into_iter()
            .filter_map(|adapter| Some((choice.rank(adapter.get_info().device_type)?, adapter)))
            .min_by_key(|(rank, _)| *rank);
        let Some((_, adapter)) = best else {
            let found = if found.is_empty() { "none".to_owned() } else { found };
            return Err(GpuError::NoAdapter { wanted: choice.wanted(), found });
        };
        Gpu::open(&adapter)
    }

    fn open(adapter: &wgpu::Adapter) -> Result<Gpu, GpuError> {
        let info = adapter.get_info();
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("sideline"),
            required_limits: wgpu::Limits::downlevel_defaults().using_resolution(adapter.limits()),
            ..Default::default()
        });
        let (device, queue) =
            pollster::block_on(request).map_err(|cause| GpuError::Device { adapter: describe(&info), cause })?;
        let trouble = Arc::new(Mutex::new(Trouble::default()));
        let on_error = Arc::clone(&trouble);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let mut trouble = on_error.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.first.get_or_insert_with(|| error.to_string());
        }));
        let on_lost = Arc::clone(&trouble);
        device.set_device_lost_callback(move |reason, message| {
            let mut trouble = on_lost.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.lost.get_or_insert_with(|| format!("{reason:?}: {message}"));
        });
        Ok(Gpu { device, queue, adapter: Arc::new(info), trouble, pipelines: Arc::default(), warm: Arc::default() })
    }

    /// Name and kind of the adapter, for `doctor` and the log.
    pub fn describe(&self) -> String {
        describe(&self.adapter)
    }

    pub(crate) fn device(&self) -> &wgpu::Device {
        &self.device
    }

    pub(crate) fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    pub(super) fn pipelines(&self) -> &Pipelines {
        self.pipelines.get_or_init(|| Pipelines::new(&self.device))
    }

    /// Draws, for the first renderer, what makes the driver compile its shaders; other renderers wait for it.
    pub(super) fn warm_up_once<E>(&self, draw: impl FnOnce(&Gpu) -> Result<(), E>) -> Result<(), E> {
        let mut result = Ok(());
        self.warm.get_or_init(|| result = draw(self));
        result
    }

    /// The first error since the last call, or why the device was lost (which every later call repeats).
    pub(crate) fn take_trouble(&self) -> Option<String> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.lost.clone().or_else(|| trouble.first.take())
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gpu").field(&self.describe()).finish()
    }
}

fn describe(info: &wgpu::AdapterInfo) -> String {
    let kind = match info.device_type {
        wgpu::DeviceType::Cpu => "software",
        _ => "hardware",
    };
    format!("{} ({kind}, {}, {})", info.name, info.backend, info.driver_info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu};

    #[test]
    fn a_discrete_gpu_is_taken_before_an_integrated_one_and_both_before_software() {
        let any = AdapterChoice::Any;
        assert!(any.rank(DiscreteGpu) < any.rank(IntegratedGpu) && any.rank(IntegratedGpu) < any.rank(Cpu));
    }

    #[test]
    fn a_forced_kind_accepts_no_other() {
        assert_eq!(AdapterChoice::Software.rank(DiscreteGpu), None);
        assert_eq!(AdapterChoice::Hardware.rank(Cpu), None);
        assert!(AdapterChoice::Software.rank(Cpu).is_some());
    }

    #[test]
    fn a_misspelt_choice_is_refused_with_the_choices() {
        let error = "cpu".parse::<AdapterChoice>().unwrap_err().to_string();
        assert!(error.contains("`cpu`") && error.contains("any, hardware or software"), "{error}");
    }

    #[test]
    fn a_missing_adapter_names_the_package_that_brings_one() {
        let error = GpuError::NoAdapter { wanted: "usable", found: "none".to_owned() };
        assert!(error.to_string().contains("mesa-vulkan-drivers"));
    }
}
